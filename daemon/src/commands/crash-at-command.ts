import { armCrashPoint } from '@vastrox/shared/node/crash-point.ts'
import type { Command } from '#commands/command.ts'
import { positional } from '#commands/command.ts'

/**
 * For tests of what a crash leaves. Only on the console of this server, whose users are root and may
 * kill the daemon anyway; a daemon that has been restarted is no longer armed.
 */
export const crashAtCommand: Command = {
  name: 'debug:crash-at',
  usage: '<point>',
  summary: 'Let the daemon kill itself when it next comes to a named point (for tests)',
  permission: 'node.change',
  takes: [1, 1],
  async run(context, args) {
    armCrashPoint(positional(args, 0))
    await context.print(`The daemon will be killed at ${positional(args, 0)}.\n`)
  },
}
