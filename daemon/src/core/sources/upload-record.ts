import type { AppRecord } from '#store/app-store.ts'
import type { UploadRecord, UploadStore } from '#store/upload-store.ts'

/** What an app without a row is. */
const unwritten = ({ id, teamId }: Pick<AppRecord, 'id' | 'teamId'>): UploadRecord => ({
  appId: id,
  teamId,
  publishOnIdle: true,
  plainFtp: false,
  passwordHash: null,
  passwordChangedAt: null,
  passwordUserId: null,
  changedAt: null,
  changedBy: null,
  problem: null,
})

export const uploadRecordOf = (
  store: Pick<UploadStore, 'findForPlatform'>,
  app: Pick<AppRecord, 'id' | 'teamId'>,
): UploadRecord => store.findForPlatform(app.id) ?? unwritten(app)
