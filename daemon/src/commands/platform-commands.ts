import type { Command } from '#commands/command.ts'
import { show } from '#commands/output.ts'
import type { PlatformRestored } from '#core/platform/platform-restored.ts'

/** For install.sh alone, at the end of `--restore`. */
export const platformRestoreCommand = (restored: Pick<PlatformRestored, 'finish'>): Command => ({
  name: 'restore:finish',
  usage: '',
  summary: 'Let the apps of a restored installation start (install.sh calls it)',
  permission: 'node.change',
  takes: [0, 0],
  async run(context) {
    const end = await restored.finish()
    await show(context, end, () => `${end.apps.length} apps start.\n`)
  },
})
