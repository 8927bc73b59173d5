import { setTimeout as sleep } from 'node:timers/promises'
import { Alert } from '@vastrox/shared/alert.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { type Installation, until } from '#support/installation.ts'

export const alertsOf = async (
  of: Installation,
  rule: string,
  state: 'firing' | 'resolved' = 'firing',
): Promise<Alert[]> =>
  (await of.read(pageOf(Alert), `/alerts?state=${state}&rule=${rule}&limit=200`)).items

/** Much is waited for during an hour: once in half a second, not twenty times. */
async function seldom<T>(look: () => Promise<T>): Promise<T> {
  const found = await look()
  if (!found) await sleep(500)
  return found
}

/** Of these subjects alone, where several may have one. */
export const untilFiring = (
  of: Installation,
  rule: string,
  timeoutMs: number,
  isMeant: (alert: Alert) => boolean = () => true,
): Promise<Alert> =>
  until(
    `${rule} to fire`,
    () => seldom(async () => (await alertsOf(of, rule)).find(isMeant)),
    timeoutMs,
  )

/** Over; gives what was told of the same since, or fires beside it, which should be nothing. */
export async function untilOver(
  of: Installation,
  { rule, id, subject, since }: Alert,
  timeoutMs: number,
): Promise<Alert[]> {
  const over = await until(
    `${rule} to be over`,
    () =>
      seldom(async () => {
        const resolved = await alertsOf(of, rule, 'resolved')
        return resolved.some((alert) => alert.id === id) ? resolved : undefined
      }),
    timeoutMs,
  )
  return [...(await alertsOf(of, rule)), ...over].filter(
    (other) => other.id !== id && other.subject.id === subject.id && other.since >= since,
  )
}
