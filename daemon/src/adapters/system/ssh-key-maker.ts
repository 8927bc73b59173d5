import type { SshKeyMaker } from '#ports/ssh-key-maker.ts'
import { fingerprintOf, newSshKey } from './guarded-ssh.ts'
import { knownHostKey } from './known-host-keys.ts'

export const sshKeyMaker: SshKeyMaker = {
  make: newSshKey,
  describe: (host, hostKey) => ({
    type: hostKey.split(' ')[0] ?? '',
    fingerprint: fingerprintOf(hostKey),
    known: knownHostKey(host) === hostKey,
  }),
}
