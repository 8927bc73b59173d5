import { z } from 'zod'

/** What a user may sign in over SSH with. */
export const SshKeyType = z.enum([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
])
export type SshKeyType = z.infer<typeof SshKeyType>

export const SshKey = z.object({
  id: z.string(),
  name: z.string(),
  /** The name of the user it signs in. */
  user: z.string(),
  type: SshKeyType,
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type SshKey = z.infer<typeof SshKey>

export const AddSshKey = z.object({
  /** Its comment where left out. */
  name: z.string().trim().min(1).max(80).optional(),
  /** The line of the `.pub` file. */
  publicKey: z.string().min(1).max(16_384),
})
export type AddSshKey = z.infer<typeof AddSshKey>

/** What became of each line of an authorized_keys file. */
export const ImportedSshKeys = z.object({
  added: z.array(SshKey),
  skipped: z.array(z.object({ line: z.int(), reason: z.string() })),
})
export type ImportedSshKeys = z.infer<typeof ImportedSshKeys>

/** One of the keys that the server proves itself with. */
export const SshHostKey = z.object({
  type: z.string(),
  fingerprint: z.string(),
  /** Behind the host's name it is a line for known_hosts. */
  publicKey: z.string(),
})
export type SshHostKey = z.infer<typeof SshHostKey>

/** Where the SSH server is, how it is recognised, and who is on it. */
export const SshAccess = z.object({
  host: z.string(),
  port: z.int(),
  hostKeys: z.array(SshHostKey),
  connections: z.object({
    /** All of them, those that are signing in included. */
    open: z.int(),
    git: z.int(),
    console: z.int(),
    sftp: z.int(),
  }),
})
export type SshAccess = z.infer<typeof SshAccess>
