/** @type {import('next').NextConfig} */
const config = {
  // A server with only the packages that it uses: the image has no node_modules beside it.
  output: 'standalone',
  poweredByHeader: false,
}

export default config
