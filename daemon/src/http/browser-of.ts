import { CodedError } from '@vastrox/shared/errors.ts'

/** The session of a browser. A token proves nothing about who holds it. */
export function browserOf({ sessionId }: { sessionId: string | null }): string {
  if (sessionId !== null) return sessionId
  throw new CodedError('PERMISSION_DENIED', {
    reason: 'That is for people in the dashboard, not for a token.',
  })
}
