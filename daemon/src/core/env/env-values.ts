import { prepareRedactor, type Redactor } from '@vastrox/shared/node/redactor.ts'
import { z } from 'zod'
import {
  type Effective,
  type EnvLayer,
  type ReferenceSource,
  resolveEnv,
} from '#core/env/references.ts'
import { isForBuild, isForRuntime, type Variable, type Variables } from '#core/env/variable.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AppSecretStore } from '#store/app-secret-store.ts'
import type { EnvGroupStore } from '#store/env-group-store.ts'
import type { EnvStore, SealedVariable } from '#store/env-store.ts'

interface Deps {
  env: EnvStore
  groups: EnvGroupStore
  attachments: Pick<AddonAttachmentStore, 'listOfAppForPlatform'>
  appSecrets: AppSecretStore
  box: SecretBox
  /** What `${{ source.… }}` may name besides variables: `platform`, and whatever else there will be. */
  sourcesOf: (appId: string) => Readonly<Record<string, ReferenceSource>>
}

/** Values that are no secret for anybody, and words that logs are full of. */
const ORDINARY = new Set(
  'production development staging testing default enabled disabled verbose warning localhost 0.0.0.0 127.0.0.1'.split(
    ' ',
  ),
)
/** Releases that run or are on their way: the frozen env of each is hidden as well. */
const MAX_FROZEN = 20

/** Of an add-on's variables: where it is and what things are called there. */
const NO_SECRET = /_(?:HOST|PORT|NAME|USER)$/

const Frozen = z.record(z.string(), z.string())
const Json = z.json()

/** The values of env variables, opened: for releases that freeze them, and for hiding them in logs. */
export function createEnvValues({ env, groups, attachments, appSecrets, box, sourcesOf }: Deps) {
  const redactors = new Map<string, { mark: string; open: () => Redactor }>()

  const opened = (records: readonly SealedVariable[], context: (key: string) => string) =>
    new Map(
      records.map(({ key, sealed, phase, neverReveal, isReference }): [string, Variable] => [
        key,
        { value: box.open(sealed, context(key)), phase, neverReveal, isReference },
      ]),
    )

  /** The app's own variables. */
  const ownForPlatform = (appId: string): Variables =>
    opened(env.listForPlatform(appId), (key) => contextOf(appId, key))

  const ofGroupForPlatform = (groupId: string): Variables =>
    opened(groups.listVariablesForPlatform(groupId), (key) => groupContext(groupId, key))

  /** Those that the server does not know yet have none. */
  function addonLayers(appId: string): EnvLayer[] {
    return attachments.listOfAppForPlatform(appId).flatMap((attachment) => {
      const { addonId, variablesSealed, prefix } = attachment
      if (variablesSealed.length === 0) return []
      const context = `addon_attachments|${addonId}/${appId}|variables_sealed`
      const values = Frozen.parse(JSON.parse(box.open(variablesSealed, context)))
      const variables = new Map(
        Object.entries(values).map(([key, value]): [string, Variable] => [
          key,
          { value, phase: 'runtime', neverReveal: false, isReference: false },
        ]),
      )
      return { group: null, addon: prefix, variables }
    })
  }

  /** Of its groups in their order, of its add-ons, and last its own. */
  const layersForPlatform = (appId: string): EnvLayer[] => [
    ...groups.listOfAppForPlatform(appId).map(({ id, name }) => ({
      group: name,
      variables: ofGroupForPlatform(id),
    })),
    ...addonLayers(appId),
    { group: null, variables: ownForPlatform(appId) },
  ]

  /** What the app gets: groups, its own, references filled in. Throws ENV_REFERENCE_INVALID. */
  const effectiveForPlatform = (appId: string): Map<string, Effective> =>
    resolveEnv(layersForPlatform(appId), sourcesOf(appId))

  const valuesWhere = (appId: string, isWanted: (variable: Effective) => boolean) =>
    Object.fromEntries(
      [...effectiveForPlatform(appId)].flatMap(([key, variable]) =>
        isWanted(variable) ? [[key, variable.value]] : [],
      ),
    )

  function* textsOf(appId: string): Generator<string> {
    const named = new Set(attachments.listOfAppForPlatform(appId).flatMap(({ names }) => names))
    const isSecret = (key: string): boolean => !(named.has(key) && NO_SECRET.test(key))
    for (const { variables } of layersForPlatform(appId))
      for (const [key, { value }] of variables) if (isSecret(key)) yield value
    try {
      for (const [key, { value }] of effectiveForPlatform(appId)) if (isSecret(key)) yield value
    } catch {
      // A reference that leads nowhere hides nothing; a deployment says so.
    }
    for (const { id, envSealed } of env.listFrozenForPlatform(appId, MAX_FROZEN))
      for (const [key, value] of Object.entries(
        Frozen.parse(JSON.parse(box.open(envSealed, `releases|${id}|env_sealed`))),
      ))
        if (isSecret(key)) yield value
    for (const { sealed, context } of appSecrets.listForPlatform(appId))
      yield* textsWithin(box.open(sealed, context))
  }

  const secretsOf = (appId: string): string[] =>
    [...new Set(textsOf(appId))].filter((value) => !ORDINARY.has(value.trim().toLowerCase()))

  return {
    seal: (appId: string, key: string, value: string): Buffer =>
      box.seal(value, contextOf(appId, key)),
    sealOfGroup: (groupId: string, key: string, value: string): Buffer =>
      box.seal(value, groupContext(groupId, key)),

    ownForPlatform,
    ofGroupForPlatform,
    layersForPlatform,
    /** What its add-ons give it now. */
    addonEnvForPlatform: (appId: string): Record<string, string> =>
      Object.fromEntries(
        addonLayers(appId).flatMap(({ variables }) =>
          [...variables].map(([key, { value }]) => [key, value]),
        ),
      ),
    effectiveForPlatform,

    /** The app's env as it is now, whoever gets it. */
    plainForPlatform: (appId: string): Record<string, string> => valuesWhere(appId, () => true),
    /** What its processes get of it. */
    runtimeForPlatform: (appId: string): Record<string, string> => valuesWhere(appId, isForRuntime),
    /** The names of those that are marked for builds. */
    buildKeysForPlatform: (appId: string): string[] => Object.keys(valuesWhere(appId, isForBuild)),

    /**
     * Hides the values of the app's env of now and of its latest releases, and what its sources and
     * its team's registries are reached with.
     */
    redactorFor(appId: string): Redactor {
      const mark = `${env.markForPlatform(appId)} ${appSecrets.markForPlatform(appId)}`
      const known = redactors.get(appId)
      if (known?.mark === mark) return known.open()
      const open = prepareRedactor(secretsOf(appId))
      redactors.set(appId, { mark, open })
      return open()
    },

    /** For an app that is gone. */
    forget: (appId: string): void => {
      redactors.delete(appId)
    },
  }
}
export type EnvValues = ReturnType<typeof createEnvValues>

const contextOf = (appId: string, key: string): string => `env_variables|${appId}/${key}|sealed`
const groupContext = (groupId: string, key: string): string =>
  `env_group_variables|${groupId}/${key}|sealed`

/** A secret is a text, or JSON of which each text is one (a key pair, a token with what renews it). */
function textsWithin(text: string): string[] {
  if (!text.startsWith('{')) return [text]
  try {
    const value = Json.parse(JSON.parse(text))
    return value !== null && typeof value === 'object'
      ? Object.values(value).filter((each) => typeof each === 'string')
      : [text]
  } catch {
    return [text]
  }
}
