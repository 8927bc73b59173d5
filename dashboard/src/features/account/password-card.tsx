import { zodResolver } from '@hookform/resolvers/zod'
import { type Me, Password, SetPassword } from '@vastrox/shared/user.ts'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { useSetPassword } from '#features/session/sign-in-queries.ts'
import { ApiError, describeError } from '#lib/api-error.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Field } from '#ui/field.tsx'
import { toast } from '#ui/toast.tsx'

const PasswordForm = z.object({
  currentPassword: SetPassword.shape.currentPassword.unwrap(),
  password: Password.min(12, 'Use at least 12 characters; a few words are fine.'),
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
        toast.good('The password is set. Other sign-ins have ended.')
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
        title={me.hasPassword ? 'Change the password' : 'Set a password'}
        lead={
          me.hasPassword
            ? undefined
            : `Then you can sign in as ${me.name} without a link from the server.`
        }
        footer={
          <>
            <span>Other sign-ins of yours end with it.</span>
            <Button type="submit" size="sm" variant="primary" busy={setPassword.isPending}>
              {me.hasPassword ? 'Change it' : 'Set it'}
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
              label="Current password"
              type="password"
              autoComplete="current-password"
              hint="Not needed within the hour after a sign-in link."
              error={errors.currentPassword?.message}
              {...form.register('currentPassword')}
            />
          )}
          <Field
            label="New password"
            type="password"
            autoComplete="new-password"
            hint="At least 12 characters; a few words are fine."
            error={errors.password?.message}
            {...form.register('password')}
          />
        </div>
      </Card>
    </form>
  )
}
