/**
 * made_at: an instance has had it, so that a server that has nothing of it has lost it. Volumes of
 * before are taken for new once more. purging_at: somebody has asked for the end of its data.
 */
export const volumesMadeAndPurged = /* sql */ `
ALTER TABLE volumes ADD COLUMN made_at TEXT;
ALTER TABLE volumes ADD COLUMN purging_at TEXT;
`
