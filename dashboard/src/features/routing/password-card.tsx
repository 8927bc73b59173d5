import { zodResolver } from '@hookform/resolvers/zod'
import {
  BasicAuthPassword,
  BasicAuthUserName,
  type ShownRouteSettings,
} from '@vastrox/shared/route-settings.ts'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { useRemoveUser, useSetUser } from '#features/routing/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'

const UserForm = z.object({ user: BasicAuthUserName, password: BasicAuthPassword })

/** Who may come in with a password; without anybody the app asks for none. */
export function PasswordCard({ app, settings }: { app: string; settings: ShownRouteSettings }) {
  const mayChange = useMay('app.change')
  const setUser = useSetUser(app)
  const removeUser = useRemoveUser(app)
  const form = useForm({
    resolver: zodResolver(UserForm),
    defaultValues: { user: '', password: '' },
  })
  const { errors } = form.formState
  const submit = form.handleSubmit((input) =>
    setUser.mutate(input, { onSuccess: () => form.reset() }),
  )
  const users = settings.basicAuthUsers

  return (
    <Card
      title={t('Password')}
      lead={
        users.length === 0
          ? t('The app asks for none. With the first name it does, of everybody.')
          : t('The browser asks for one of these names and its password.')
      }
    >
      <div className="space-y-5">
        {users.length > 0 && (
          <ul className="divide-y divide-line rounded-md border border-line">
            {users.map((user) => (
              <li key={user} className="flex items-center justify-between gap-4 px-3 py-2">
                <span className="font-mono text-sm break-all">{user}</span>
                {mayChange && (
                  <Button
                    size="sm"
                    variant="quiet"
                    disabled={removeUser.isPending}
                    onClick={() => removeUser.mutate(user)}
                  >
                    {t('Remove {user}', { user })}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {mayChange && (
          <form onSubmit={submit} className="grid grid-cols-1 gap-4 sm:grid-cols-2">
            <Field
              label={t('Name')}
              autoComplete="off"
              error={errors.user?.message}
              {...form.register('user')}
            />
            <Field
              label={t('Password')}
              type="password"
              autoComplete="new-password"
              hint={t('Kept as its scrypt hash. A name that is there gets the new one.')}
              error={errors.password?.message}
              {...form.register('password')}
            />
            <div>
              <Button type="submit" size="sm" variant="primary" busy={setUser.isPending}>
                {t('Add')}
              </Button>
            </div>
          </form>
        )}
      </div>
    </Card>
  )
}
