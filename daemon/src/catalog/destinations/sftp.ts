import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { defineDestination } from '#ports/backup-destination.ts'

const SSH_PORT = 22
const MAX_HOST_KEYS = 10
const HOST_KEY = /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/=]{40,4000}$/

/** A folder of an account on another server. */
export const sftp = defineDestination({
  kind: 'sftp',
  title: 'SFTP',
  settings: z.object({
    host: z
      .string()
      .max(255)
      .regex(/^[A-Za-z0-9:][A-Za-z0-9.:_-]*$/, 'Give the name or the address of a host.'),
    port: z.coerce.number().int().min(1).max(65_535).default(SSH_PORT),
    user: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9_][A-Za-z0-9._@-]*$/, 'Give the name of an account.'),
    path: z
      .string()
      .max(500)
      .regex(/^[A-Za-z0-9._/-]+$/, 'Use letters, digits, dots, hyphens and slashes.')
      .refine((path) => !path.split('/').includes('..'), 'A path does not lead upwards.')
      .default('vastrox')
      .describe('A folder; without a leading slash it is below the home of the account'),
    hostKey: z
      .string()
      .min(40)
      .max(50_000)
      .describe('Keys of the host, one a line, as ssh-keyscan prints them'),
    password: z.string().max(1_000).default('').describe('Or give a private key'),
    privateKey: z.string().max(20_000).default('').describe('In the OpenSSH format, not encrypted'),
  }),
  secrets: ['password', 'privateKey'],
  sentTo: ['host', 'port'],
  location({ host, port, user, path, hostKey, password, privateKey }, folder) {
    return {
      type: 'sftp',
      host,
      port,
      user,
      path: `${path.replace(/\/+$/, '')}/${folder}`,
      hostKeys: hostKeysOf(hostKey),
      secret: secretOf(password, privateKey),
    }
  },
})

/** Lines of known_hosts, with their name or without. */
function hostKeysOf(text: string): string[] {
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const words = line.split(/\s+/)
      const at = words.findIndex((word) => /^(?:ssh|ecdsa)-/.test(word))
      return words.slice(at, at + 2).join(' ')
    })
  if (keys.length === 0 || keys.length > MAX_HOST_KEYS || !keys.every((key) => HOST_KEY.test(key)))
    throw new CodedError('DESTINATION_SETTINGS_INVALID', {
      reason: 'hostKey: give 1 to 10 keys, one a line, as ssh-keyscan prints them.',
    })
  return keys
}

function secretOf(password: string, privateKey: string) {
  if (privateKey !== '')
    return { privateKey: privateKey.endsWith('\n') ? privateKey : `${privateKey}\n` }
  if (password !== '') return { password }
  throw new CodedError('DESTINATION_SETTINGS_INVALID', {
    reason: 'Give a password or a private key.',
  })
}
