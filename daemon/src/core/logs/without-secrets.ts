import { redact, type Redactor } from '@vastrox/shared/node/redactor.ts'
import type { AccessLine } from '@vastrox/shared/traffic.ts'
import type { AccessLogs } from '#ports/access-logs.ts'

/** The proxy knows no secrets: what visitors have in their addresses is hidden when it is read. */
export function withoutSecrets(
  files: AccessLogs,
  redactorFor: (appId: string) => Redactor,
): AccessLogs {
  const hide = (redactor: Redactor, line: AccessLine): AccessLine => ({
    ...line,
    path: redact(redactor, line.path),
    query: redact(redactor, line.query),
  })
  return {
    async tail(appId, ...asked) {
      const redactor = redactorFor(appId)
      return (await files.tail(appId, ...asked)).map((line) => hide(redactor, line))
    },
    async *all(appId, filter) {
      const redactor = redactorFor(appId)
      for await (const line of files.all(appId, filter)) yield hide(redactor, line)
    },
  }
}
