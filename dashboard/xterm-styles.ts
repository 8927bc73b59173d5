import type { Plugin } from 'vite'

const BY_ATTRIBUTE = 'setAttribute("style",`${t.getAttribute("style")||""}${e};`)'
const BY_OBJECT_MODEL = 'style.cssText+=`${e};`'

/**
 * xterm gives cells of a true colour their style by an attribute, which our content policy refuses; by
 * the object model it is allowed. Fails the build where the place is no longer there, so that a new
 * version is looked at.
 */
export const xtermStyles = (): Plugin => ({
  name: 'vastrox-xterm-styles',
  transform(code, id) {
    if (!id.endsWith('@xterm/xterm/lib/xterm.mjs')) return undefined
    if (!code.includes(BY_ATTRIBUTE)) throw new Error('xterm sets styles at another place now')
    return { code: code.replace(BY_ATTRIBUTE, BY_OBJECT_MODEL), map: null }
  },
})
