/** Aborts when Vastrox asks this process to go; what is under way then has the time of its grace. */
export function whenStopped() {
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stopping.abort(signal))
  return stopping.signal
}
