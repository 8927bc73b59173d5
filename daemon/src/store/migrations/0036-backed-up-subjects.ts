/** What a team has backups of is told without going through all of them. */
export const backedUpSubjects = /* sql */ `
CREATE INDEX backups_subjects_of_team
  ON backups (team_id, subject_type, subject_id, seq, subject_name);
`
