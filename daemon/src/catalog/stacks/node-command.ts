const MAX_DEPTH = 5
const MAX_EXPANSIONS = 50
const MAX_LENGTH = 8_192

/** `npm start`, `yarn run serve`, `pnpm serve`; a name that is no word of ours is a script's. */
const RUNS_SCRIPT =
  /^(?:npm (?:run|run-script)|pnpm run|yarn run|npm(?= start\b)|pnpm|yarn)(?: (?:-s|--silent))* ([\w:.@/-]+)(?: (?:-s|--silent))*(?: -- (.+))?$/
const SIMPLE = /^[^;&|<>()`\n\r{}"'\\#]+$/

/**
 * The command itself in place of `npm start` and its like, so that the app gets its signals and no
 * package manager stays in memory beside it. What cannot be replaced safely stays as it is, and so
 * does what would take more than 50 replacements or grow over 8,192 characters.
 */
export function resolveCommand(command: string, scripts: Readonly<Record<string, string>>): string {
  const trimmed = command.trim()
  const budget: Budget = { scripts, left: MAX_EXPANSIONS }
  const expanded = expandAll(trimmed, budget, 0)
  return expanded === undefined ? trimmed : withExec(expanded)
}

/** For one command as a whole: scripts that name two others each would double at every step. */
interface Budget {
  scripts: Readonly<Record<string, string>>
  left: number
}

/** Each part of `a && b` by itself, where nothing but `&&` is between them; undefined: too much. */
function expandAll(command: string, budget: Budget, depth: number): string | undefined {
  if (command.length > MAX_LENGTH) return undefined
  const parts = partsOf(command)
  if (parts.length === 1 || !parts.every((part) => SIMPLE.test(part)))
    return expand(command, budget, depth)
  return joined(parts.map((part) => expand(part, budget, depth)))
}

function expand(command: string, budget: Budget, depth: number): string | undefined {
  const { scripts } = budget
  const [, name = '', more] = RUNS_SCRIPT.exec(command) ?? []
  const script = scriptOf(scripts, name)
  if (script === undefined || depth >= MAX_DEPTH) return withoutCrossEnv(command)
  budget.left -= 1
  if (budget.left < 0) return undefined
  const own = more === undefined ? script : `${script} ${more}`
  const steps = [scriptOf(scripts, `pre${name}`), own, scriptOf(scripts, `post${name}`)]
    .filter((step) => step !== undefined)
    .map((step) => expandAll(step.trim(), budget, depth + 1))
  const whole = joined(steps)
  if (whole === undefined) return undefined
  // npm sets these for scripts only; a comment or a second line would swallow what comes after it.
  if (/\$\{?npm_|\$\{?INIT_CWD/.test(whole)) return command
  if (
    steps.length > 1 &&
    steps.some((step) => step !== undefined && /[#\n;|]|(^|[^&])&([^&]|$)/.test(step))
  )
    return command
  return whole
}

const scriptOf = (scripts: Budget['scripts'], name: string): string | undefined =>
  Object.hasOwn(scripts, name) ? scripts[name] : undefined

const partsOf = (command: string): string[] => command.split('&&').map((part) => part.trim())

function joined(steps: readonly (string | undefined)[]): string | undefined {
  const known = steps.filter((step) => step !== undefined)
  if (known.length < steps.length) return undefined
  const whole = known.join(' && ')
  return whole.length > MAX_LENGTH ? undefined : whole
}

/** cross-env is for Windows, and mostly a dev dependency that is not in the image. */
function withoutCrossEnv(command: string): string {
  if (!SIMPLE.test(command)) return command
  return command.replace(/^cross-env ((?:[A-Za-z_]\w*=\S* )+)(?=\S)/, '$1')
}

/** `a && b`: the last one takes the place of the shell, so that SIGTERM reaches it. */
function withExec(command: string): string {
  const parts = partsOf(command)
  const last = parts.at(-1) ?? ''
  if (parts.length < 2 || !parts.every((part) => SIMPLE.test(part))) return command
  if (/^(exec|cd|\.|:|!|set|export)\b/.test(last)) return command
  const taken = /^[A-Za-z_]\w*=/.test(last) ? `exec env ${last}` : `exec ${last}`
  return [...parts.slice(0, -1), taken].join(' && ')
}
