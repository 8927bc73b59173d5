import type { Command } from '#commands/command.ts'
import { crashAtCommand } from '#commands/crash-at-command.ts'
import { resetUserCommand } from '#commands/people-commands.ts'
import { secretCommands } from '#commands/secret-commands.ts'
import { platformRestoreCommand } from '#commands/platform-commands.ts'
import type { PlatformRestored } from '#core/platform/platform-restored.ts'
import type { KeyRotation } from '#core/secrets/key-rotation.ts'

/** What is typed on the server itself alone: whoever is there is root. */
export const rootCommands = (
  rotation: KeyRotation,
  restored: Pick<PlatformRestored, 'finish'>,
): readonly Command[] => [
  crashAtCommand,
  resetUserCommand,
  ...secretCommands(rotation),
  platformRestoreCommand(restored),
]
