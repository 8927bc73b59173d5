import unittest

from app import create_app


class AppTest(unittest.TestCase):
    def setUp(self):
        env = {"VASTROX_APP": "<b>", "VASTROX_RELEASE": "v7"}
        self.client = create_app(env).test_client()

    def test_the_page_shows_the_release_and_names_as_text(self):
        page = self.client.get("/").text

        self.assertIn("<dd>v7</dd>", page)
        self.assertIn("&lt;b&gt; is running", page)

    def test_the_connection_is_the_visitors_own(self):
        page = self.client.get("/", headers={"X-Forwarded-Proto": "https"}).text

        self.assertIn("<dd>HTTPS</dd>", page)

    def test_the_health_check_answers_without_a_page(self):
        answer = self.client.get("/health")

        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json, {"status": "ok", "release": "v7"})

    def test_an_unknown_address_is_a_404(self):
        self.assertEqual(self.client.get("/nothing").status_code, 404)


if __name__ == "__main__":
    unittest.main()
