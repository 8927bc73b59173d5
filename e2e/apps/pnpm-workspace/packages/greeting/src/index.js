import kleur from 'kleur'

kleur.enabled = false
export const greeting = kleur.green('Hello from a workspace')
