import type { Plugin } from 'vite'

/** What xterm has, and what is put there instead. */
const PLACES = [
  // Cells of a true colour get their style by an attribute, which our content policy refuses; by the
  // object model it is allowed.
  ['setAttribute("style",`${t.getAttribute("style")||""}${e};`)', 'style.cssText+=`${e};`'],
  // Meant is the document that it was given; as it is written it is always that of the window, and the
  // viewport makes its `style` elements there.
  ['this._document??typeof window<"u"?window.document:null', 'this._document'],
] as const

/**
 * Makes xterm keep to the content policy, together with `ui/style-sheet-document.ts`. Fails the build
 * where one of the places is no longer there, so that a new version is looked at.
 */
export const xtermStyles = (): Plugin => ({
  name: 'vastrox-xterm-styles',
  transform(code, id) {
    if (!id.endsWith('@xterm/xterm/lib/xterm.mjs')) return undefined
    const missing = PLACES.find(([before]) => !code.includes(before))
    if (missing) throw new Error(`xterm has something else now in place of ${missing[0]}`)
    const changed = PLACES.reduce((text, [before, after]) => text.replace(before, after), code)
    return { code: changed, map: null }
  },
})
