import { readFile } from 'node:fs/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { isAlive } from '@vastrox/shared/node/is-alive.ts'
import { keepForwarding } from '#agent/firewall/engine-forwarding.ts'
import { GuardRecord } from '#agent/firewall/arm-guard.ts'
import { openKeptFiles } from '#agent/firewall/kept-files.ts'
import { tableOf } from '#agent/firewall/names.ts'
import { deleteTable } from '#agent/firewall/nft.ts'
import { processStart } from '#agent/node/process-start.ts'

/** Takes the installation's rules out of the kernel for good: what waits is forgotten, and its guard ends. */
export async function removeFirewall(directory: string, instance: string): Promise<void> {
  const files = openKeptFiles(directory)
  await files.forgetPending()
  const text = await readFile(files.path('guard.json'), 'utf8').catch(() => undefined)
  if (text !== undefined) {
    const { pid, start } = GuardRecord.parse(JSON.parse(text))
    if (isAlive(pid) && (await processStart(pid)) === start) process.kill(pid, 'SIGTERM')
  }
  await keepForwarding(instance, false)
  await deleteTable(tableOf(instance)).catch((error: unknown) => {
    // Where there is no nftables there are no rules either.
    if (!(error instanceof CodedError && error.code === 'FIREWALL_UNAVAILABLE')) throw error
  })
}
