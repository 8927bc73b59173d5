import type { Deployment } from '@vastrox/shared/deployment.ts'
import {
  AppEnvGroups,
  ChangeEnv,
  CreateEnvGroup,
  type EnvChange,
  EnvGroup,
  EnvVariable,
  type SetVariable,
} from '@vastrox/shared/env.ts'
import type { MockApp } from './mock-data.ts'

interface Asked {
  params: string[]
  body: unknown
}

interface Deps {
  find: (name: string) => MockApp
  deploy: (entry: MockApp) => Deployment
  emit: (type: string, app: string | null) => void
}

type Variable = Pick<EnvVariable, 'value' | 'changedAt' | 'phase' | 'neverReveal' | 'isReference'>

const now = (): string => new Date().toISOString()
const page = (items: readonly unknown[]) => ({ items, nextCursor: null })

/** Groups, history and marks of env variables that do as they are told. */
export function mockEnv({ find, deploy, emit }: Deps): Record<string, (asked: Asked) => unknown> {
  const groups = new Map<string, Map<string, Variable>>([
    ['mail', new Map([['SMTP_PASSWORD', variableOf(undefined, { value: 'a mail password' })]])],
  ])
  const attached = new Map<string, string[]>()
  const changes = new Map<string, EnvChange[]>()

  const groupsOf = (app = ''): string[] => attached.get(app) ?? []
  const shown = (
    key: string,
    variable: Variable,
    group: string | null,
    isOverridden = false,
  ): EnvVariable => EnvVariable.parse({ key, ...variable, value: null, group, isOverridden })

  function change(target: Map<string, Variable>, owner: string, body: unknown): void {
    const { set } = ChangeEnv.parse(body)
    const before = new Set(target.keys())
    for (const [key, wish] of Object.entries(set))
      if (wish === null) target.delete(key)
      else
        target.set(
          key,
          variableOf(target.get(key), typeof wish === 'string' ? { value: wish } : wish),
        )
    const keys = Object.entries(set)
    const list = changes.get(owner) ?? []
    list.unshift({
      number: list.length + 1,
      at: now(),
      actor: 'anna',
      set: keys.flatMap(([key, wish]) => (wish === null ? [] : [key])),
      unset: keys.flatMap(([key, wish]) => (wish === null && before.has(key) ? [key] : [])),
      marked: [],
      restored: null,
    })
    changes.set(owner, list)
  }

  const describe = (name: string): EnvGroup =>
    EnvGroup.parse({
      name,
      variables: [...(groups.get(name) ?? [])].map(([key, each]) => shown(key, each, name)),
      apps: [...attached].flatMap(([app, names]) => (names.includes(name) ? [app] : [])),
      createdAt: now(),
    })

  return {
    'GET /apps/:/env': ({ params: [app = ''] }) => {
      const { env } = find(app)
      const own = [...env].map(([key, variable]) => shown(key, variable, null))
      const shared = groupsOf(app).flatMap((name) =>
        [...(groups.get(name) ?? [])].map(([key, variable]) =>
          shown(key, variable, name, env.has(key)),
        ),
      )
      return page([...own, ...shared])
    },
    'GET /apps/:/env/:': ({ params: [app = '', key = ''] }) => {
      const variable = find(app).env.get(key) ?? variableOf(undefined, {})
      return { ...shown(key, variable, null), value: variable.value }
    },
    'PATCH /apps/:/env': ({ params: [app = ''], body }) => {
      const entry = find(app)
      change(entry.env, `app ${app}`, body)
      emit('env.changed', app)
      return { deployment: deploy(entry) }
    },
    'GET /apps/:/env-changes': ({ params: [app = ''] }) => page(changes.get(`app ${app}`) ?? []),
    'POST /apps/:/env-changes/:/restore': ({ params: [app = '', number = '1'] }) => {
      const list = changes.get(`app ${app}`) ?? []
      const [last] = list
      if (last)
        list.unshift({ ...last, number: last.number + 1, at: now(), restored: Number(number) })
      emit('env.changed', app)
      return { deployment: deploy(find(app)) }
    },
    'GET /apps/:/env-groups': ({ params: [app] }) => ({ groups: groupsOf(app) }),
    'PUT /apps/:/env-groups': ({ params: [app = ''], body }) => {
      attached.set(app, AppEnvGroups.parse(body).groups)
      emit('env.changed', app)
      return { deployment: deploy(find(app)) }
    },
    'GET /apps/:/releases/:/env-difference': ({ params: [, number = '1'] }) => ({
      release: Number(number),
      before: Number(number) > 1 ? Number(number) - 1 : null,
      added: ['FEATURES'],
      removed: ['DEBUG'],
      changed: ['API_KEY'],
    }),
    'GET /env-groups': () => page([...groups.keys()].map(describe)),
    'POST /env-groups': ({ body }) => {
      const { name, set } = CreateEnvGroup.parse(body)
      groups.set(name, new Map())
      change(groups.get(name) ?? new Map(), `group ${name}`, { set })
      return describe(name)
    },
    'PATCH /env-groups/:': ({ params: [name = ''], body }) => {
      change(groups.get(name) ?? new Map(), `group ${name}`, body)
      return { deployments: [] }
    },
    'DELETE /env-groups/:': ({ params: [name = ''] }) => void groups.delete(name),
    'GET /env-groups/:/variables/:': ({ params: [name = '', key = ''] }) => {
      const variable = groups.get(name)?.get(key) ?? variableOf(undefined, {})
      return { ...shown(key, variable, name), value: variable.value }
    },
    'GET /env-groups/:/changes': ({ params: [name = ''] }) =>
      page(changes.get(`group ${name}`) ?? []),
    'POST /env-groups/:/changes/:/restore': () => ({ deployments: [] }),
  }
}

const variableOf = (known: Variable | undefined, wish: SetVariable): Variable => ({
  value: wish.generate === undefined ? (wish.value ?? known?.value ?? '') : 'made at random',
  changedAt: now(),
  phase: wish.phase ?? known?.phase ?? 'runtime',
  neverReveal: wish.neverReveal ?? known?.neverReveal ?? false,
  isReference: wish.isReference ?? false,
})
