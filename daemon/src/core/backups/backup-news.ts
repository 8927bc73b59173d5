/** What a team is told of its backups, besides what its pages show. */
export interface BackupNews {
  teamId: string
  appId: string | null
  event:
    | 'backup.failed'
    | 'backup.overdue'
    | 'destination.failed'
    | 'drill.failed'
    /** What ends an alert. */
    | 'backup.made'
    | 'backup.current'
    | 'destination.well'
    | 'drill.proven'
  data: Record<string, unknown>
}

export type NoteNews = (news: BackupNews) => void
