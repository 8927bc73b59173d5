import { CodedError } from '@vastrox/shared/errors.ts'
import type { AccessService } from '#core/access/access-service.ts'
import type { UploadSessions } from '#core/sources/upload-sessions.ts'

/** The same sessions; who may not have an app's files open is written down. */
export const withDenials = (
  sessions: Pick<UploadSessions, 'open'>,
  access: Pick<AccessService, 'noteDenied'>,
): Pick<UploadSessions, 'open'> => ({
  async open(actor, app, client) {
    try {
      return await sessions.open(actor, app, client)
    } catch (error) {
      if (error instanceof CodedError && error.code === 'PERMISSION_DENIED')
        access.noteDenied(actor, 'app.deploy', `${client.protocol} ${app}`)
      throw error
    }
  },
})
