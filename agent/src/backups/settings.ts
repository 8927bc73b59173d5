import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { BlockList, isIP, isIPv4 } from 'node:net'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'

/** What root has said about where backups may go: `<data>/agent/backups.json`, readable by root alone. */
export const BackupSettings = z.object({
  /** Directories of this server's own disks, absolute and without a link in them. */
  roots: z
    .array(z.object({ rootId: z.string(), path: z.string().startsWith('/') }))
    .max(100)
    .default([]),
  /** Addresses and networks inside that destinations may be at: `192.168.1.20`, `10.0.0.0/8`. */
  networks: z
    .array(z.string().refine(isNetwork, 'not an address or a network'))
    .max(100)
    .default([]),
})
export type BackupSettings = z.infer<typeof BackupSettings>

export const backupSettingsFileOf = (agentDirectory: string): string =>
  `${agentDirectory}/backups.json`

/** Read anew each time: what root takes back counts at once. */
export async function readBackupSettings(file: string): Promise<BackupSettings> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}'
    throw error
  })
  return BackupSettings.parse(JSON.parse(text))
}

export const writeBackupSettings = (file: string, settings: BackupSettings): Promise<void> =>
  writeAtomically(file, `${JSON.stringify(settings, null, 2)}\n`, 0o600)

/** The same path has the same id, however often it is allowed. */
export const rootIdOf = (path: string): string =>
  `r${createHash('sha256').update(path).digest('hex').slice(0, 15)}`

/** `10.0.0.5`, `10.0.0.0/8`, `fd00::/8`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) return false
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128))
  )
}

export function isInNetworks(networks: readonly string[], address: string): boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [net = '', bits] = network.split('/')
    const family = isIPv4(net) ? 'ipv4' : 'ipv6'
    list.addSubnet(net, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family)
  }
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}
