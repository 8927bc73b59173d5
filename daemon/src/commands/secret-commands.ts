import type { Command } from '#commands/command.ts'
import { show, table } from '#commands/output.ts'
import type { KeyRotation, KeyStatus } from '#core/secrets/key-rotation.ts'

/** For the console of the server alone: whoever is there is root, and could read the key file anyway. */
export const secretCommands = (rotation: KeyRotation): readonly Command[] => [
  {
    name: 'secrets',
    aliases: ['secrets:status'],
    usage: '',
    summary: 'The master keys, and how many stored secrets each has sealed (root on this server)',
    permission: 'node.change',
    takes: [0, 0],
    async run(context) {
      const status = rotation.status()
      await show(context, status, () => say(status))
    },
  },
  {
    name: 'secrets:rotate',
    usage: '[--sign-out] [--detach]',
    summary:
      'Make a new master key and seal every stored secret with it, without downtime (root on this server)',
    permission: 'node.change',
    options: { 'sign-out': { type: 'boolean' }, detach: { type: 'boolean' } },
    takes: [0, 0],
    async run(context, args) {
      const signOut = args.options['sign-out'] === true
      const begun = await rotation.rotate(context.actor, { signOut })
      if (args.options['detach'] === true) return show(context, begun, () => say(begun))
      const ended = await rotation.untilDone(context.signal, async (status) => {
        if (!context.json) await context.print(`${progress(status)}\n`)
      })
      await show(context, ended, () => say(ended))
      return ended.unreadable.length > 0 || ended.done < ended.values ? 1 : 0
    },
  },
]

const progress = ({ done, values }: KeyStatus): string =>
  `${done} of ${values} stored secrets are sealed with the new key`

function say(status: KeyStatus): string {
  const rows = status.keys.map(({ id, isNewest, isHere, values }) => [
    id,
    isNewest ? 'seals' : isHere ? 'opens' : 'missing',
    String(values),
  ])
  return [
    table(['Key', 'Does', 'Stored secrets'], rows),
    `Keys come from ${status.origin === 'file' ? 'master.key in the data directory' : 'a systemd credential'}.\n`,
    ...(status.isUnderWay ? [`Under way: ${progress(status)}.\n`] : []),
    ...status.unreadable.map((what) => ` !  ${what} cannot be opened with any key.\n`),
  ].join('')
}
