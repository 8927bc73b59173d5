const MAX_DEPTH = 5

/** `npm start`, `yarn run serve`, `pnpm serve`; a name that is no word of ours is a script's. */
const RUNS_SCRIPT =
  /^(?:npm (?:run|run-script)|pnpm run|yarn run|npm(?= start\b)|pnpm|yarn)(?: (?:-s|--silent))* ([\w:.@/-]+)(?: (?:-s|--silent))*(?: -- (.+))?$/
const SIMPLE = /^[^;&|<>()`\n\r{}"'\\#]+$/

/**
 * The command itself in place of `npm start` and its like, so that the app gets its signals and no
 * package manager stays in memory beside it. What cannot be replaced safely stays as it is.
 */
export function resolveCommand(command: string, scripts: Readonly<Record<string, string>>): string {
  return withExec(expandAll(command.trim(), scripts, 0))
}

/** Each part of `a && b` by itself, where nothing but `&&` is between them. */
function expandAll(
  command: string,
  scripts: Readonly<Record<string, string>>,
  depth: number,
): string {
  const parts = command.split(/\s*&&\s*/)
  if (parts.length === 1 || !parts.every((part) => SIMPLE.test(part)))
    return expand(command, scripts, depth)
  return parts.map((part) => expand(part, scripts, depth)).join(' && ')
}

function expand(command: string, scripts: Readonly<Record<string, string>>, depth: number): string {
  const [, name = '', more] = RUNS_SCRIPT.exec(command) ?? []
  const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined
  if (script === undefined || depth >= MAX_DEPTH) return withoutCrossEnv(command)
  const own = more === undefined ? script : `${script} ${more}`
  const steps = [scripts[`pre${name}`], own, scripts[`post${name}`]]
    .filter((step) => step !== undefined)
    .map((step) => expandAll(step.trim(), scripts, depth + 1))
  // npm sets these for scripts only; a comment or a second line would swallow what comes after it.
  if (steps.some((step) => /\$\{?npm_|\$\{?INIT_CWD/.test(step))) return command
  if (steps.length > 1 && steps.some((step) => /[#\n;|]|(^|[^&])&([^&]|$)/.test(step)))
    return command
  return steps.join(' && ')
}

/** cross-env is for Windows, and mostly a dev dependency that is not in the image. */
function withoutCrossEnv(command: string): string {
  if (!SIMPLE.test(command)) return command
  return command.replace(/^cross-env ((?:[A-Za-z_]\w*=\S* )+)(?=\S)/, '$1')
}

/** `a && b`: the last one takes the place of the shell, so that SIGTERM reaches it. */
function withExec(command: string): string {
  const parts = command.split(/\s*&&\s*/)
  const last = parts.at(-1) ?? ''
  if (parts.length < 2 || !parts.every((part) => SIMPLE.test(part))) return command
  if (/^(exec|cd|\.|:|!|set|export)\b/.test(last)) return command
  const taken = /^[A-Za-z_]\w*=/.test(last) ? `exec env ${last}` : `exec ${last}`
  return [...parts.slice(0, -1), taken].join(' && ')
}
