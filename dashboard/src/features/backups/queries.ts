import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  Backup,
  BackupFile,
  BackupSchedule,
  type BackupSubject,
  type CreateBackup,
  type CreateBackupSchedule,
  type ChangeBackupSchedule,
  type CreateRestore,
  Drill,
  Restore,
  RetentionPlan,
  type SubjectOverview,
} from '@vastrox/shared/backup.ts'
import { type Page, pageOf } from '@vastrox/shared/page.ts'
import { z } from 'zod'
import { isRestoreUnderWay } from '#features/backups/restore-words.ts'
import { isUnderWay } from '#features/backups/backup-words.ts'
import { refOf } from '#features/backups/subject-words.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf, longPageOf } from '#lib/list-of.ts'
import { toast } from '#ui/toast.tsx'

const backupPage = pageOf(Backup)
const fileList = itemsOf(BackupFile)
const scheduleList = itemsOf(BackupSchedule)
const restoreList = itemsOf(Restore)
const subjectPage = longPageOf<SubjectOverview>()
const drillList = itemsOf(Drill)

/** While something moves it is looked at without an event. */
const MOVING_EVERY_MS = 2_000
const DAY_MS = 86_400_000
/** What the overview looks back on, and the most that it reads for it. */
export const WEEKS_SHOWN = 4
const MOST_PAGES = 6
/** 10,000 things that can be backed up. */
const MOST_SUBJECT_PAGES = 50

const pathOf = (query: Record<string, string | undefined>): string => {
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  )
  return `/backups?${new URLSearchParams(given).toString()}`
}

/** Backups of the last weeks, newest first: all of them, or those since `readSince` where there are more. */
export interface RecentBackups {
  backups: readonly Backup[]
  readSince: string | null
}

export const recentBackupsQuery = queryOptions({
  queryKey: ['backups', 'recent'],
  queryFn: async ({ signal }): Promise<RecentBackups> => {
    const oldest = new Date(Date.now() - WEEKS_SHOWN * 7 * DAY_MS).toISOString()
    const backups: Backup[] = []
    let cursor: string | undefined
    for (let read = 0; read < MOST_PAGES; read += 1) {
      const page: Page<Backup> = await api.get(pathOf({ limit: '200', cursor }), backupPage, {
        signal,
      })
      backups.push(...page.items)
      if (page.nextCursor === null || (page.items.at(-1)?.startedAt ?? '') < oldest)
        return { backups, readSince: null }
      cursor = page.nextCursor
    }
    return { backups, readSince: backups.at(-1)?.startedAt ?? null }
  },
  refetchInterval: ({ state }) => (state.data?.backups.some(isUnderWay) ? MOVING_EVERY_MS : false),
})

/** Everything that can be backed up, or was, and the way back that there is. */
export const subjectsQuery = queryOptions({
  queryKey: ['backups', 'subjects'],
  queryFn: async ({ signal }) => {
    const subjects: SubjectOverview[] = []
    let cursor = ''
    for (let read = 0; read < MOST_SUBJECT_PAGES; read += 1) {
      const { items, nextCursor }: Page<SubjectOverview> = await api.get(
        `/backup-subjects?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        subjectPage,
        { signal },
      )
      subjects.push(...items)
      if (nextCursor === null) break
      cursor = nextCursor
    }
    return subjects
  },
})

/** The newest backups of one subject. */
export const subjectBackupsQuery = (subject: Pick<BackupSubject, 'type' | 'name'>) =>
  queryOptions({
    queryKey: ['backups', 'of', subject.type, subject.name],
    queryFn: async ({ signal }) => {
      const path = pathOf({ limit: '200', subject: refOf(subject) })
      return (await api.get(path, backupPage, { signal })).items
    },
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? MOVING_EVERY_MS : false),
  })

export const backupQuery = (id: string) =>
  queryOptions({
    queryKey: ['backups', 'one', id],
    queryFn: ({ signal }) => api.get(`/backups/${id}`, Backup, { signal }),
    refetchInterval: ({ state }) =>
      state.data && isUnderWay(state.data) ? MOVING_EVERY_MS : false,
  })

/** The files of a folder in a backup. */
export const backupFilesQuery = (id: string, path: string) =>
  queryOptions({
    queryKey: ['backups', 'one', id, 'files', path],
    queryFn: ({ signal }) =>
      api.get(`/backups/${id}/files?path=${encodeURIComponent(path)}`, fileList, { signal }),
    staleTime: 10 * 60_000,
    retry: false,
  })

/**
 * Downloads a backup, or one file of it. A link alone could not be asked who sits there: the folder is
 * read first, which asks the same, and says what is wrong where it cannot be read.
 */
export const useDownload = (id: string) =>
  useMutation({
    mutationFn: async (path: string | undefined) => {
      await api.get(`/backups/${id}/files?path=%2F`, ignored)
      const query = path === undefined ? '' : `?path=${encodeURIComponent(path)}`
      window.location.assign(`/api/v1/backups/${id}/content${query}`)
    },
    onError: toast.error,
  })

export const schedulesQuery = queryOptions({
  queryKey: ['backups', 'schedules'],
  queryFn: ({ signal }) => api.get('/backup-schedules', scheduleList, { signal }),
})

/** What the retention of a schedule would do now. */
export const retentionQuery = (scheduleId: string) =>
  queryOptions({
    queryKey: ['backups', 'schedules', scheduleId, 'retention'],
    queryFn: ({ signal }) =>
      api.get(`/backup-schedules/${scheduleId}/retention`, RetentionPlan, { signal }),
  })

export const drillsQuery = (backupId: string) =>
  queryOptions({
    queryKey: ['drills', 'of', backupId],
    queryFn: ({ signal }) =>
      api.get(`/drills?backup=${encodeURIComponent(backupId)}`, drillList, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.some(({ state: at }) => at === 'queued' || at === 'running')
        ? MOVING_EVERY_MS
        : false,
  })

export const restoresQuery = queryOptions({
  queryKey: ['restores', 'list'],
  queryFn: ({ signal }) => api.get('/restores', restoreList, { signal }),
  refetchInterval: ({ state }) => (state.data?.some(isRestoreUnderWay) ? MOVING_EVERY_MS : false),
})

export const restoreQuery = (id: string) =>
  queryOptions({
    queryKey: ['restores', 'one', id],
    queryFn: ({ signal }) => api.get(`/restores/${id}`, Restore, { signal }),
    refetchInterval: ({ state }) =>
      state.data && !isRestoreUnderWay(state.data) ? false : MOVING_EVERY_MS,
  })

function useChange<Input, Result>(mutationFn: (input: Input) => Promise<Result>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['backups'] }),
        client.invalidateQueries({ queryKey: ['drills'] }),
        client.invalidateQueries({ queryKey: ['restores'] }),
      ]),
  })
}

const oneBackup = Backup.transform((backup) => [backup])

/** "Back up now": of an app it takes its volumes and databases along. */
export const useBackUp = ({ type, name }: Pick<BackupSubject, 'type' | 'name'>) =>
  useChange((wish: Partial<CreateBackup>) =>
    type === 'app'
      ? api.post(`/apps/${name}/backups`, itemsOf(Backup), wish)
      : api.post('/backups', oneBackup, { ...wish, subject: refOf({ type, name }) }),
  )

export const useRemoveBackup = () =>
  useChange(({ id, subject }: Pick<Backup, 'id' | 'subject'>) =>
    api.delete(`/backups/${id}`, Backup, { confirm: subject.name }),
  )
export const useCancelBackup = () =>
  useChange((id: string) => api.post(`/backups/${id}/cancel`, Backup))
export const useKeepBackup = () =>
  useChange(({ id, isKept }: { id: string; isKept: boolean }) =>
    api.patch(`/backups/${id}`, Backup, { isKept }),
  )
export const useDrill = () => useChange((id: string) => api.post(`/backups/${id}/drill`, Drill))
export const useRestore = (id: string) =>
  useChange((wish: CreateRestore) => api.post(`/backups/${id}/restore`, Restore, wish))

export const useCreateSchedule = () =>
  useChange((wish: z.input<typeof CreateBackupSchedule>) =>
    api.post('/backup-schedules', BackupSchedule, wish),
  )
export const useChangeSchedule = () =>
  useChange(({ id, ...change }: ChangeBackupSchedule & { id: string }) =>
    api.patch(`/backup-schedules/${id}`, BackupSchedule, change),
  )
export const useRemoveSchedule = () =>
  useChange((id: string) => api.delete(`/backup-schedules/${id}`, ignored))
