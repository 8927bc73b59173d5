import { readFile } from 'node:fs/promises'
import { mustRun } from '#agent/cli/must-run.ts'

/** The accounts that processes of ours run as. No login, no home. */
const ACCOUNTS = ['vastrox', 'vastrox-proxy'] as const

/**
 * Makes the accounts that are missing; says which. The daemon joins the group of the proxy, so that
 * it can share proxy.sock with it.
 */
export async function ensureAccounts(): Promise<string[]> {
  const missing: string[] = []
  for (const name of ACCOUNTS) if (!(await accountExists(name))) missing.push(name)
  for (const name of missing)
    await mustRun('/usr/sbin/useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir=/nonexistent',
      '--shell=/usr/sbin/nologin',
      name,
    ])
  await mustRun('/usr/sbin/usermod', ['--append', '--groups=vastrox-proxy', 'vastrox'])
  return missing
}

/** Removes the accounts and their groups. */
export async function removeAccounts(): Promise<void> {
  for (const name of ACCOUNTS)
    if (await accountExists(name)) await mustRun('/usr/sbin/userdel', [name])
  // userdel takes the group of the account with it only when nobody else is in it.
  for (const name of ACCOUNTS)
    if (await lineOf('/etc/group', name)) await mustRun('/usr/sbin/groupdel', [name])
}

/** Numeric ids of an account; throws when it is missing. */
export async function idsOf(
  name: (typeof ACCOUNTS)[number],
): Promise<{ uid: number; gid: number }> {
  const [, , uid, gid] = (await lineOf('/etc/passwd', name))?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`there is no account ${name}`)
  return { uid: Number(uid), gid: Number(gid) }
}

const accountExists = async (name: string): Promise<boolean> =>
  (await lineOf('/etc/passwd', name)) !== undefined

async function lineOf(file: string, name: string): Promise<string | undefined> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  return lines.find((line) => line.startsWith(`${name}:`))
}
