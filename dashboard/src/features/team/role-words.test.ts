import { permissionsIn, Role } from '@vastrox/shared/permissions.ts'
import { describe, expect, it } from 'vitest'
import { rolesToGive } from '#features/team/role-words.ts'

describe('the roles that are offered', () => {
  it('are those that one has oneself and what is below, in every team', () => {
    for (const isOperators of [true, false])
      for (const [at, role] of Role.options.entries()) {
        const permissions = permissionsIn(role, { isOperators })
        const given = permissions.includes('user.manage') ? Role.options.slice(at) : []
        expect(rolesToGive(permissions), role).toEqual(given)
      }
    expect(rolesToGive(permissionsIn('owner', { isOperators: false }))).toEqual(Role.options)
  })
})
