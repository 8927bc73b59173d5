import { Alert } from '@vastrox/shared/alert.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { type Installation, until } from '#support/installation.ts'

export const alertsOf = async (
  of: Installation,
  rule: string,
  state: 'firing' | 'resolved' = 'firing',
): Promise<Alert[]> =>
  (await of.read(pageOf(Alert), `/alerts?state=${state}&rule=${rule}&limit=200`)).items

/** Of these subjects alone, where several may have one. */
export const untilFiring = (
  of: Installation,
  rule: string,
  timeoutMs: number,
  isMeant: (alert: Alert) => boolean = () => true,
): Promise<Alert> =>
  until(`${rule} to fire`, async () => (await alertsOf(of, rule)).find(isMeant), timeoutMs)

/** Over; gives what fires of the same beside it, which should be nothing. */
export async function untilOver(
  of: Installation,
  { rule, id, subject }: Alert,
  timeoutMs: number,
): Promise<Alert[]> {
  await until(
    `${rule} to be over`,
    async () => (await alertsOf(of, rule, 'resolved')).some((alert) => alert.id === id),
    timeoutMs,
  )
  return (await alertsOf(of, rule)).filter((other) => other.subject.id === subject.id)
}
