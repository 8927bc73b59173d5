let armed: string | undefined

/** Called once by main with the value of VASTROX_CRASH_AT. */
export function armCrashPoint(name: string | undefined): void {
  armed = name
}

/**
 * A named place where tests kill the process with SIGKILL, to prove that what stands in the rows at
 * that moment is enough to go on from. Does nothing unless armed.
 */
export function crashPoint(name: string): void {
  if (armed === name) process.kill(process.pid, 'SIGKILL')
}
