// Runs before the first paint and before any module.

// zod would otherwise try `new Function` once, which our content policy refuses and reports.
globalThis.__zod_globalConfig = { jitless: true }

// So that a chosen theme does not flash in the other one.
try {
  const theme = localStorage.getItem('vastrox-theme')
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be blocked; the system's preference then decides.
}

// A style sheet that did not arrive (the network had just changed) is asked for again: a page without
// it can hardly be read.
{
  const AFTER_MS = [200, 1_000, 4_000]
  addEventListener(
    'error',
    ({ target }) => {
      if (!(target instanceof HTMLLinkElement) || target.rel !== 'stylesheet') return
      const tries = Number(target.dataset.tries ?? 0)
      if (tries >= AFTER_MS.length) return
      const again = target.cloneNode()
      again.dataset.tries = tries + 1
      setTimeout(() => target.replaceWith(again), AFTER_MS[tries])
    },
    true,
  )
}

// What the page will ask for first is asked while its code is on its way (early-calls.ts says what);
// `lib/early.ts` takes the replies. A session that has run out is renewed first, as `lib/api.ts` does.
{
  const { route, early } = document.currentScript?.dataset ?? {}
  const replies = new Map()
  const send = (method, path, more) =>
    fetch(`/api/v1${path}`, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(20_000),
      ...more,
      headers: { accept: 'application/json', ...more?.headers },
    })
  const refresh = () =>
    send('POST', '/session/refresh', {
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
  const exclusively = (work) =>
    'locks' in navigator ? navigator.locks.request('vastrox-session', work) : work()

  /** The page itself has asked this already, by a link; fetch() gets that reply. */
  const whoIsThere = async () => {
    const first = await send('GET', '/me')
    if (first.status !== 401 || !(await exclusively(refresh)).ok) return first
    return send('GET', '/me')
  }

  /** The parameters of the page's path, by their names. */
  const valuesOf = (pattern) => {
    const parts = location.pathname.split('/')
    const names = pattern.split('/').map((name, at) => [name, parts[at] ?? ''])
    return names.filter(([name]) => name.startsWith('$'))
  }
  const filledIn = (path, values) =>
    values.reduce((filled, [name, value]) => filled.replace(name, value), path)

  const mayAsk = (me, app, { may, notByGuests }) =>
    (may === undefined || me.permissions.includes(may) || !!me.grants[app]?.includes(may)) &&
    !(notByGuests && me.role === 'guest')

  const askEarly = (pattern, calls) => {
    const values = valuesOf(pattern)
    if (values.some(([, value]) => !/^[a-z0-9-]+$/.test(value))) return
    const me = whoIsThere()
    replies.set('/me', me)
    const read = me.then((reply) => (reply.ok ? reply.clone().json() : undefined))
    for (const call of calls) {
      const asked = read.then((who) => {
        const app = values.find(([name]) => name === '$name')?.[1]
        const isAsked = who && !who.needsSecondFactor && mayAsk(who, app, call)
        return isAsked ? send('GET', filledIn(call.path, values)) : undefined
      })
      replies.set(filledIn(call.path, values), asked)
    }
    // Whoever takes one sees its failure; one that nobody takes is nobody's.
    for (const reply of replies.values()) reply.catch(() => {})
  }

  globalThis.__vastrox_early = replies
  if (route && early) askEarly(route, JSON.parse(early))
}
