/** What is asked of all builds, releases and deployments at once, with thousands of them: decision 0262. */
export const indexesOfMany = /* sql */ `
CREATE INDEX builds_by_image ON builds (image_id);
CREATE INDEX builds_with_image ON builds (image_id, app_id, id, created_at) WHERE image_removed_at IS NULL;
CREATE INDEX builds_by_source ON builds (source_id, app_id);
CREATE INDEX releases_by_build ON releases (build_id, number, id);
CREATE INDEX deployments_by_source ON deployments (source_id, app_id) WHERE source_id IS NOT NULL;
CREATE INDEX instances_by_release ON instances (release_id);
`
