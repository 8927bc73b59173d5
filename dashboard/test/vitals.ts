import type { Browser } from 'playwright-core'
import { untilEnded } from './until-ended.ts'

/** What the developer tools of Chromium call "Fast 4G". */
const FAST_4G = {
  offline: false,
  latency: 165,
  downloadThroughput: (9_000_000 / 8) * 0.9,
  uploadThroughput: (1_500_000 / 8) * 0.9,
}
const LIMIT_MS = 60_000
/** Late shifts count too, but not for ever. */
const QUIET_MS = 500
const SEEN = `new Promise((resolve) => {
  const seen = { lcpMs: 0, cls: 0 }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.lcpMs = Math.max(seen.lcpMs, entry.startTime)
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.cls += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
  setTimeout(() => resolve(JSON.stringify(seen)), ${QUIET_MS})
})`

export interface Vitals {
  /** When the largest thing of the page stood there. */
  lcpMs: number
  /** How much moved by itself, all shifts together. */
  cls: number
}

/** A page, opened for the first time on a phone of some years ago over mobile data. */
export async function vitalsOf(browser: Browser, address: string): Promise<Vitals> {
  const context = await browser.newContext({ viewport: { width: 412, height: 823 } })
  try {
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Network.enable')
    await session.send('Network.emulateNetworkConditions', FAST_4G)
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    await page.goto(address, { waitUntil: 'commit', timeout: LIMIT_MS })
    await untilEnded(page, LIMIT_MS)
    return JSON.parse(String(await page.evaluate(SEEN)))
  } finally {
    await context.close()
  }
}
