import { z } from 'zod'
import { AppRole, Role } from './permissions.ts'
import { Password, UserName } from './user.ts'

export const TeamName = z
  .string()
  .regex(
    /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,38}[\p{L}\p{N}])$/u,
    'Use 2 to 40 letters, digits, spaces, dot, _ or -.',
  )

/** A team that one is in. */
export const Team = z.object({
  id: z.string(),
  name: z.string(),
  /** What one is in it. */
  role: Role,
  /** The one that is worked in now. */
  current: z.boolean(),
  /** They run the machine: what is of the platform is theirs alone. */
  isOperators: z.boolean(),
  createdAt: z.iso.datetime(),
})
export type Team = z.infer<typeof Team>

export const CreateTeam = z.object({ name: TeamName })
export const RenameTeam = CreateTeam
export const SwitchTeam = z.object({
  /** Its id or its name. */
  team: z.string().min(1).max(100),
})

const MAX_GRANTS = 200
const AppKey = z.string().min(1).max(60)

/** What somebody is on single apps, by name, besides their role in the team. */
export const Grants = z
  .record(AppKey, AppRole)
  .refine((grants) => Object.keys(grants).length <= MAX_GRANTS, 'That is too many apps.')
export type Grants = z.infer<typeof Grants>

export const ChangeUser = z.object({
  role: Role.optional(),
  /** True ends whatever they are signed in by, at once. */
  disabled: z.boolean().optional(),
  /** Only the apps that are named change; null takes a grant away. */
  grants: z
    .record(AppKey, AppRole.nullable())
    .refine((grants) => Object.keys(grants).length <= MAX_GRANTS, 'That is too many apps.')
    .optional(),
})
export type ChangeUser = z.infer<typeof ChangeUser>

export const Invitation = z.object({
  id: z.string(),
  /** Whom it is for, in the words of who made it. */
  note: z.string(),
  role: Role,
  grants: Grants,
  invitedBy: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type Invitation = z.infer<typeof Invitation>

export const CreateInvitation = z.object({
  note: z.string().trim().max(80).default(''),
  role: Role,
  grants: Grants.default({}),
})
export type CreateInvitation = z.infer<typeof CreateInvitation>

/** The only reply that ever holds the link. */
export const CreatedInvitation = Invitation.extend({ url: z.string() })
export type CreatedInvitation = z.infer<typeof CreatedInvitation>

export const InvitationToken = z.object({ token: z.string().min(1).max(200) })

/** What whoever holds the link is shown of it. */
export const ShownInvitation = Invitation.pick({
  role: true,
  invitedBy: true,
  expiresAt: true,
}).extend({ team: z.string(), apps: z.array(z.string()) })
export type ShownInvitation = z.infer<typeof ShownInvitation>

export const AcceptInvitation = InvitationToken.extend({ name: UserName, password: Password })
export type AcceptInvitation = z.infer<typeof AcceptInvitation>
