import type { Deployment } from '@vastrox/shared/deployment.ts'
import { EnvGroupName } from '@vastrox/shared/env.ts'
import { type Command, type CommandContext, positional, UsageError } from '#commands/command.ts'
import { changeNumber, changeTable, MARKS, variableTable, wishesOf } from '#commands/env-words.ts'
import { show, table } from '#commands/output.ts'

/** Env variables that several apps share. */
export const envGroupCommands: readonly Command[] = [
  {
    name: 'env-groups',
    usage: '[group]',
    summary: 'List env groups with the apps that have them, or the variables of one',
    permission: 'env-group.read',
    takes: [0, 1],
    async run(context, args) {
      const groups = context.envGroups.list(context.actor)
      const [name] = args.positionals
      if (name === undefined)
        return show(context, groups, () =>
          table(
            ['Group', 'Variables', 'Apps'],
            groups.map((group) => [
              group.name,
              String(group.variables.length),
              group.apps.join(' '),
            ]),
          ),
        )
      const group = groups.find((each) => each.name === name)
      if (!group) throw new UsageError(`There is no env group ${name}.`)
      return show(context, group, () => variableTable(group.variables))
    },
  },
  {
    name: 'env-groups:create',
    usage: '<group>',
    summary: 'Make an env group',
    permission: 'env-group.change',
    takes: [1, 1],
    async run(context, args) {
      const name = EnvGroupName.safeParse(positional(args, 0))
      if (!name.success) throw new UsageError(name.error.issues[0]?.message ?? 'That is no name.')
      const group = context.envGroups.create(context.actor, { name: name.data, set: {} })
      await show(context, group, () => `Env group ${group.name} is there.\n`)
    },
  },
  {
    name: 'env-groups:set',
    usage:
      '<group> NAME=value … | <group> NAME < value | <group> NAME … --generate hex [--build | --both | --runtime] [--never-reveal] [--reference]',
    summary: 'Set variables of an env group, and deploy every app that has it',
    permission: 'env-group.change',
    options: { ...MARKS, generate: { type: 'string' } },
    takes: [2, 1_000],
    async run(context, args) {
      const wishes = wishesOf(args.positionals.slice(1), args, context)
      await told(context, context.envGroups.change(context.actor, positional(args, 0), wishes))
    },
  },
  {
    name: 'env-groups:unset',
    usage: '<group> NAME …',
    summary: 'Unset variables of an env group, and deploy every app that has it',
    permission: 'env-group.change',
    takes: [2, 1_000],
    async run(context, args) {
      const wishes = Object.fromEntries(args.positionals.slice(1).map((name) => [name, null]))
      await told(context, context.envGroups.change(context.actor, positional(args, 0), wishes))
    },
  },
  {
    name: 'env-groups:get',
    usage: '<group> NAME',
    summary: 'Print the value of a variable of an env group; leaves an audit event',
    permission: 'env-group.reveal',
    takes: [2, 2],
    async run(context, args) {
      const [group, key] = [positional(args, 0), positional(args, 1)]
      const variable = context.envGroups.reveal(context.actor, group, key)
      await show(context, variable, () => `${variable.value ?? ''}\n`)
    },
  },
  {
    name: 'env-groups:attach',
    usage: '<app> [group …]',
    summary: 'Give an app these env groups and no others; a later one goes over an earlier one',
    permission: 'env.change',
    takes: [1, 21],
    async run(context, args) {
      const [app = '', ...groups] = args.positionals
      const deployment = context.envGroups.attach(context.actor, app, groups)
      await told(context, deployment === null ? [] : [deployment])
    },
  },
  {
    name: 'env-groups:history',
    usage: '<group>',
    summary: 'Who changed which variables of an env group when; no values',
    permission: 'env-group.read',
    takes: [1, 1],
    async run(context, args) {
      const changes = context.envGroups.listChanges(context.actor, positional(args, 0))
      await show(context, changes, () => changeTable(changes))
    },
  },
  {
    name: 'env-groups:restore',
    usage: '<group> <change>',
    summary: 'Bring back the variables of a group as a change left them, and deploy',
    permission: 'env-group.change',
    takes: [2, 2],
    async run(context, args) {
      const number = changeNumber(positional(args, 1))
      await told(context, context.envGroups.restore(context.actor, positional(args, 0), number))
    },
  },
  {
    name: 'env-groups:destroy',
    usage: '<group>',
    summary: 'Destroy an env group that no app has',
    permission: 'env-group.change',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      context.envGroups.destroy(context.actor, name)
      await show(context, { destroyed: name }, () => `Env group ${name} is gone.\n`)
    },
  },
]

/** They go on by themselves: a group may be in a hundred apps. */
const told = (context: CommandContext, deployments: readonly Deployment[]): Promise<void> =>
  show(context, { deployments }, () =>
    deployments.length === 0
      ? 'Done. There is nothing to deploy.\n'
      : deployments.map(({ app, number }) => `${app}: deployment ${number}\n`).join(''),
  )
