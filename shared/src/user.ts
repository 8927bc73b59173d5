import { z } from 'zod'
import { AppRole, Permission, Role } from './permissions.ts'

/** What the audit log calls those who are no person. */
const NOBODYS = new Set(['nobody', 'others', 'root', 'system', 'vastrox'])

export const UserName = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{1,39}$/, 'Use 2 to 40 lower-case letters, digits, dot, _ or -.')
  .refine((name) => !NOBODYS.has(name), 'The platform itself is called that.')

/** Somebody in a team. */
export const User = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  /** What they are on single apps, by name, besides. */
  grants: z.record(z.string(), AppRole),
  hasPassword: z.boolean(),
  /** Since then they cannot sign in. */
  disabledAt: z.iso.datetime().nullable(),
  /** When they joined the team. */
  createdAt: z.iso.datetime(),
})
export type User = z.infer<typeof User>

/** ASVS 6.2: at least 12 characters, up to 1,024 bytes, no composition rules. */
export const Password = z.string().min(12).max(1_024)

export const SignIn = z.object({ name: z.string().max(100), password: z.string().max(1_024) })
export const SignInByLink = z.object({ token: z.string().max(200) })
export const SetPassword = z.object({
  /** Asked for where the user has a password already. */
  currentPassword: z.string().max(1_024).optional(),
  password: Password,
})

export const Session = z.object({
  id: z.string(),
  current: z.boolean(),
  userAgent: z.string(),
  address: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type Session = z.infer<typeof Session>

/** Who is behind the request, and what they may do: the dashboard's first question. */
export const Me = z.object({
  kind: z.enum(['user', 'token']),
  name: z.string(),
  role: Role,
  permissions: z.array(Permission),
  /** What they may do besides on single apps, by name. */
  grants: z.record(z.string(), z.array(Permission)),
  /** The team that they work in now, and those that they may change to. */
  team: z.object({ id: z.string(), name: z.string() }),
  teams: z.array(z.object({ id: z.string(), name: z.string(), role: Role })),
  hasPassword: z.boolean(),
  /** The team asks for a second factor, and there is none yet: nothing else can be done before. */
  needsSecondFactor: z.boolean(),
})
export type Me = z.infer<typeof Me>
