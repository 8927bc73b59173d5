import type { Stack } from '#ports/stack.ts'
import { node } from './node.ts'
import { notYet } from './not-yet.ts'
import { php } from './php.ts'
import { staticSite } from './static.ts'

/** To add a stack: write its file beside this one, then name it here. The order is precedence. */
export const stacks: readonly Stack[] = [php, node, staticSite, notYet]
