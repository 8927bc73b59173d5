import { zodResolver } from '@hookform/resolvers/zod'
import { type Me, Password, SetPassword } from '@vastrox/shared/user.ts'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { useSetPassword } from '#features/session/sign-in-queries.ts'
import { ApiError, describeError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'
import { toast } from '#ui/toast.tsx'

const PasswordForm = z.object({
  currentPassword: SetPassword.shape.currentPassword.unwrap(),
  password: Password.min(12, t('Use at least 12 characters; a few words are fine.')),
})

export function PasswordCard({ me }: { me: Me }) {
  const setPassword = useSetPassword()
  const form = useForm({
    resolver: zodResolver(PasswordForm),
    defaultValues: { currentPassword: '', password: '' },
  })
  const { errors } = form.formState

  const submit = form.handleSubmit(({ currentPassword, password }) =>
    setPassword.mutate(currentPassword === '' ? { password } : { currentPassword, password }, {
      onSuccess: () => {
        form.reset()
        toast.good(t('The password is set. Other sign-ins have ended.'))
      },
      onError: (error) => {
        const { message, hint } = describeError(error)
        const field =
          error instanceof ApiError && error.code === 'PASSWORD_WRONG'
            ? 'currentPassword'
            : 'password'
        form.setError(field, { message: [message, hint].filter(Boolean).join(' ') })
      },
    }),
  )

  return (
    <form onSubmit={submit}>
      <Card
        title={me.hasPassword ? t('Change the password') : t('Set a password')}
        lead={
          me.hasPassword
            ? undefined
            : t('Then you can sign in as {name} without a link from the server.', { name: me.name })
        }
        footer={
          <>
            <span>{t('Other sign-ins of yours end with it.')}</span>
            <Button type="submit" size="sm" variant="primary" busy={setPassword.isPending}>
              {me.hasPassword ? t('Change it') : t('Set it')}
            </Button>
          </>
        }
      >
        {/* Tells a password manager whose password this is. */}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={me.name}
          readOnly
          hidden
        />
        <div className="grid grid-cols-1 gap-5 sm:grid-cols-2">
          {me.hasPassword && (
            <Field
              label={t('Current password')}
              type="password"
              autoComplete="current-password"
              hint={t('Not needed within the hour after a sign-in link.')}
              error={errors.currentPassword?.message}
              {...form.register('currentPassword')}
            />
          )}
          <Field
            label={t('New password')}
            type="password"
            autoComplete="new-password"
            hint={t('At least 12 characters; a few words are fine.')}
            error={errors.password?.message}
            {...form.register('password')}
          />
        </div>
      </Card>
    </form>
  )
}
