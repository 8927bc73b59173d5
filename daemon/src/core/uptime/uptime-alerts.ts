import type { AlertEvent } from '@vastrox/shared/alert.ts'
import type { UptimeRecord } from '#store/uptime-store.ts'

/** With the name and the target as people see them. */
type Named = UptimeRecord & { target: string }

export const CERTIFICATE_DAYS = 14

export const alertKey = (id: string): string => `uptime:${id}`
export const certificateKey = (id: string): string => `uptime-certificate:${id}`

/** Of a check that is down. */
export const alertOf = ({ id, teamId, appId, name, target, reason }: Named): AlertEvent => ({
  teamId,
  key: alertKey(id),
  ...(appId === null
    ? {
        rule: 'check-down',
        subject: { kind: 'uptime', id, name } as const,
        title: `${name} is down`,
      }
    : {
        rule: 'app-down',
        subject: { kind: 'app', id: appId, name } as const,
        title: `${name} does not answer`,
      }),
  appId,
  detail: `${appId === null ? target : `Its address, path ${target}`}: ${reason ?? 'no answer.'} Two looks, 10 s apart, found the same.`,
  link: `/uptime/${id}`,
})

/** Of one whose certificate ends soon; undefined where it does not. */
export const alertOfCertificate = (
  { id, teamId, name, target, expect }: Named,
  days: number | null,
): AlertEvent | undefined => {
  const limit = expect.certificateDays ?? CERTIFICATE_DAYS
  if (days === null || days >= limit) return undefined
  return {
    teamId,
    key: certificateKey(id),
    rule: 'certificate-days',
    subject: { kind: 'certificate', id, name },
    appId: null,
    title: `The certificate of ${name} ends in ${days} days`,
    detail: `${target} shows a certificate that ends in ${days} days; told of below ${limit} days.`,
    link: `/uptime/${id}`,
  }
}
