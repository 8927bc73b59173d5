import { z } from 'zod'
import { AppName } from './app.ts'
import { Cidr } from './firewall-rule.ts'
import { Permission } from './permissions.ts'

export const TokenKind = z.enum(['api', 'deploy'])
export type TokenKind = z.infer<typeof TokenKind>

/** What secret scanners may look for; the last six letters are a checksum of what is before them. */
export const TOKEN_PATTERN = /\bvxt_(api|deploy)_[0-9A-Za-z]{36}\b/

export const ApiToken = z.object({
  id: z.string(),
  name: z.string(),
  kind: TokenKind,
  /** Prefix and last four characters, enough to recognise it by. */
  hint: z.string(),
  /** Whose it is: it may never do more than that user may. */
  user: z.string(),
  permissions: z.array(Permission),
  /** The apps it is limited to; null means every app of the team. */
  apps: z.array(z.string()).nullable(),
  /** The networks it may come from; null means any. */
  networks: z.array(z.string()).nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  lastUsedAddress: z.string().nullable(),
  rotatedAt: z.iso.datetime().nullable(),
  /** Until when the secret before the last rotation is good; null where there is none. */
  previousUntil: z.iso.datetime().nullable(),
})
export type ApiToken = z.infer<typeof ApiToken>

const ExpiresInDays = z.int().min(1).max(3_650).nullable()

export const CreateToken = z.object({
  name: z.string().trim().min(1).max(80),
  kind: TokenKind.default('api'),
  /** All that its maker may do where nothing is said. */
  permissions: z.array(Permission).max(Permission.options.length).optional(),
  /** A deploy token is for exactly one. */
  apps: z.array(AppName).min(1).max(200).nullable().optional(),
  /** Addresses and networks that it may come from. */
  networks: z.array(Cidr).min(1).max(50).nullable().optional(),
  /** Days until it expires; null never. */
  expiresInDays: ExpiresInDays.default(90),
})
export type CreateToken = z.infer<typeof CreateToken>

/** At most 30 days, so that two secrets do not become a habit. */
export const MAX_GRACE_HOURS = 720

export const RotateToken = z.object({
  /** How long the secret before is good besides the new one; 0 ends it at once. */
  graceHours: z.int().min(0).max(MAX_GRACE_HOURS).default(24),
  /** Counted from now; as many days as it was given at first where nothing is said. */
  expiresInDays: ExpiresInDays.optional(),
})
export type RotateToken = z.infer<typeof RotateToken>

/** The only reply that ever holds a token's secret. */
export const CreatedToken = ApiToken.extend({ token: z.string() })
export type CreatedToken = z.infer<typeof CreatedToken>

/** From then on people are reminded of its end. */
export const REMIND_MS = 14 * 86_400_000
