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
  /** null: never. */
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  lastUsedAddress: z.string().nullable(),
})
export type SshKey = z.infer<typeof SshKey>

export const AddSshKey = z.object({
  /** Its comment where left out. */
  name: z.string().trim().min(1).max(80).optional(),
  /** The line of the `.pub` file. */
  publicKey: z.string().min(1).max(16_384),
  /** Days until it lets nobody in any more; never where left out. */
  expiresInDays: z.int().min(1).max(3_650).nullable().optional(),
})
export type AddSshKey = z.infer<typeof AddSshKey>

/** `read`: clone and fetch; `write`: push and upload besides. */
export const DeployKeyAccess = z.enum(['read', 'write'])
export type DeployKeyAccess = z.infer<typeof DeployKeyAccess>

/** An SSH key of one app: it comes to that app by git and SFTP, and to nothing else. */
export const DeployKey = SshKey.omit({ user: true }).extend({
  app: z.string(),
  access: DeployKeyAccess,
})
export type DeployKey = z.infer<typeof DeployKey>

export const AddDeployKey = AddSshKey.extend({ access: DeployKeyAccess.default('read') })
export type AddDeployKey = z.infer<typeof AddDeployKey>

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
