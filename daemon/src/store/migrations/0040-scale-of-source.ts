/** Processes whose scale the source has said: until there is a live release it may say another one. What a person has said stays. */
export const scaleOfSource = /* sql */ `
ALTER TABLE apps ADD COLUMN scale_of_source_json TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(scale_of_source_json));
`
