import { z } from 'zod'
import { generateValue } from '#core/env/generate-value.ts'
import type { AddonRoot, AddonUser } from '#ports/addon-kind.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AddonUserRecord } from '#store/addon-attachment-store.ts'
import type { AddonRecord } from '#store/addon-store.ts'

const Variables = z.record(z.string(), z.string())

export const variablesContext = (addonId: string, appId: string): string =>
  `addon_attachments|${addonId}/${appId}|variables_sealed`

const rootContext = (id: string): string => `addons|${id}|root_sealed`
const nextRootContext = (id: string): string => `addons|${id}|next_root_sealed`
const passwordContext = (addonId: string, username: string): string =>
  `addon_users|${addonId}/${username}|password_sealed`

/** What opens servers, sealed and opened: in one place, with what each is bound to. */
export const createAddonSecrets = (box: SecretBox) => ({
  newPassword: (): string => generateValue('hex'),

  sealRoot: (id: string, password: string): Buffer => box.seal(password, rootContext(id)),
  sealNextRoot: (id: string, password: string): Buffer => box.seal(password, nextRootContext(id)),
  rootOf: ({ id, rootSealed }: AddonRecord): AddonRoot => ({
    password: box.open(rootSealed, rootContext(id)),
  }),
  nextRootOf: ({ id, nextRootSealed }: AddonRecord): AddonRoot | undefined =>
    nextRootSealed === null
      ? undefined
      : { password: box.open(nextRootSealed, nextRootContext(id)) },

  sealPassword: (addonId: string, username: string, password: string): Buffer =>
    box.seal(password, passwordContext(addonId, username)),
  userOf: ({ addonId, username, passwordSealed }: AddonUserRecord): AddonUser => ({
    username,
    password: box.open(passwordSealed, passwordContext(addonId, username)),
  }),

  sealVariables: (addonId: string, appId: string, variables: Record<string, string>): Buffer =>
    box.seal(JSON.stringify(variables), variablesContext(addonId, appId)),
  openVariables: (addonId: string, appId: string, sealed: Buffer): Record<string, string> =>
    sealed.length === 0
      ? {}
      : Variables.parse(JSON.parse(box.open(sealed, variablesContext(addonId, appId)))),
})
export type AddonSecrets = ReturnType<typeof createAddonSecrets>
