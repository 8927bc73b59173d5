import { setTimeout as sleep } from 'node:timers/promises'
import type { Locator, Page } from 'playwright-core'
import { z } from 'zod'

/**
 * Lets go of files or folders of this machine over a place of the page, as a file manager does: the
 * browser reads them itself, folders included.
 */
export async function dropOn(target: Locator, paths: readonly string[]): Promise<void> {
  const page = target.page()
  await target.scrollIntoViewIfNeeded()
  const box = await target.boundingBox()
  if (!box) throw new Error('there is nothing to drop on')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x, y, data })
  await session.detach()
}

/** What has the focus: what it is called, and whether somebody who looks sees that it has it. */
const FOCUSED = `(() => {
  const element = document.activeElement
  if (!element || element === document.body) return { name: '', isSeen: true }
  const text = element.labels?.[0]?.textContent ?? element.textContent ?? ''
  const name = (element.getAttribute('aria-label') ?? text).replace(/\\s+/g, ' ').trim()
  const { outlineStyle, outlineWidth } = getComputedStyle(element)
  const { width, height } = element.getBoundingClientRect()
  const isSeen = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1 && width > 1 && height > 1
  return { name, isSeen }
})()`
const Focused = z.object({ name: z.string(), isSeen: z.boolean() })
const MOST_TABS = 120

/** A person with no mouse: keys alone, and nothing has the focus unseen on the way. */
export function createKeyboard(page: Page) {
  const focused = async () => Focused.parse(await page.evaluate(FOCUSED))
  const unseen: string[] = []
  let presses = 0

  return {
    /** What had the focus and did not show it. */
    unseen,
    presses: (): number => presses,
    focused,

    async press(...keys: readonly string[]): Promise<void> {
      for (const key of keys) {
        presses += 1
        await page.keyboard.press(key)
      }
    },

    async type(text: string): Promise<void> {
      presses += text.length
      await page.keyboard.type(text)
    },

    /** On with Tab to what is called so. */
    async tabTo(wanted: RegExp): Promise<void> {
      const passed: string[] = []
      for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
        presses += 1
        await page.keyboard.press('Tab')
        const { name, isSeen } = await focused()
        if (!isSeen) unseen.push(name)
        if (wanted.test(name)) return
        passed.push(name.slice(0, 40))
      }
      throw new Error(`Tab never comes to ${wanted}: ${passed.join(' | ')}`)
    },

    /** Until what has the focus is called so: a dialog that opens, a page that takes it. */
    async untilFocused(wanted: RegExp, withinMs = 10_000): Promise<void> {
      const endsAt = Date.now() + withinMs
      for (;;) {
        const { name } = await focused()
        if (wanted.test(name)) return
        if (Date.now() > endsAt) throw new Error(`${wanted} has not the focus, but: ${name}`)
        await sleep(50)
      }
    },
  }
}
