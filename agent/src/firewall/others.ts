import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { FirewallReading } from '@vastrox/shared/agent-api-firewall.ts'

/** Other programs that say what may pass on this machine. They are left alone, and said. */
export async function findOthers(tables: readonly string[]): Promise<FirewallReading['others']> {
  const ufwConf = await readFile('/etc/ufw/ufw.conf', 'utf8').catch(() => '')
  const hasFirewalld = existsSync('/usr/sbin/firewalld')
  return {
    ufw: existsSync('/usr/sbin/ufw') ? presenceOf(/^ENABLED=yes/im.test(ufwConf)) : 'absent',
    firewalld: hasFirewalld ? presenceOf(tables.includes('inet firewalld')) : 'absent',
  }
}

const presenceOf = (isActive: boolean): 'active' | 'inactive' => (isActive ? 'active' : 'inactive')
