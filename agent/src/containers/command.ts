/** Characters that mean nothing to a shell, so that splitting at blanks is what it would do. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./ -]+$/
/** More than one command, or none of a program: lists, pipes, groups, substitutions of commands, negation. */
const COMPOUND = /[;&|()`\n\r]|(^|\s)[{}!](\s|$)/
/** What a shell takes as plain text, or as one value. */
const QUOTED = /\\.|'[^']*'|"(?:\\.|[^"\\`]|`[^`]*`)*"|\$\{[^}]*\}/gs
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/
const NOT_A_PROGRAM = new Set(
  '. : alias bg case cd command eval exec exit export fg for function if read readonly return set shift source trap ulimit umask unset until while'.split(
    ' ',
  ),
)

/** Tells the container's init to pass a signal on to everything that it started. */
const TO_ALL = { TINI_KILL_PROCESS_GROUP: '1' }
/** The shell waits for the program beneath it, which has the signal too, and begins nothing after it. */
const WAIT_FOR_THE_REST = 'trap exit TERM\n'

/**
 * How a user's command line is started inside the container: as its words where no shell is needed,
 * by the container's own /bin/sh otherwise. `exec` makes the program take the shell's place, so that
 * SIGTERM reaches it; with more than one command the shell stays, and both get it (rule D1). Nothing
 * of it is ever interpreted on the host (rule C1).
 */
export function wrapCommand(command: string): string[] {
  const line = command.trim()
  const [first = ''] = line.split(/\s+/)
  if (isCompound(line)) return ['/bin/sh', '-c', `${WAIT_FOR_THE_REST}${line}`]
  if (ASSIGNMENT.test(first)) return ['/bin/sh', '-c', `exec env ${line}`]
  if (PLAIN.test(line)) return line.split(/ +/)
  return ['/bin/sh', '-c', `exec ${line}`]
}

/** What the command needs in its environment. */
export const envOfCommand = (command: string): Record<string, string> =>
  isCompound(command.trim()) ? TO_ALL : {}

const isCompound = (line: string): boolean =>
  COMPOUND.test(line.replace(QUOTED, 'x')) || NOT_A_PROGRAM.has(line.split(/\s+/)[0] ?? '')
