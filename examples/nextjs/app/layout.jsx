import './style.css'

export const metadata = { title: 'Next.js on Vastrox', description: 'A small Next.js app.' }

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <main>{children}</main>
      </body>
    </html>
  )
}
