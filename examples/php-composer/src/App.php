<?php

declare(strict_types=1);

namespace App;

use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Exception\MethodNotAllowedException;
use Symfony\Component\Routing\Exception\ResourceNotFoundException;
use Symfony\Component\Routing\Generator\UrlGenerator;
use Symfony\Component\Routing\Matcher\UrlMatcher;
use Symfony\Component\Routing\RequestContext;
use Symfony\Component\Routing\Route;
use Symfony\Component\Routing\RouteCollection;
use Twig\Environment;
use Twig\Loader\FilesystemLoader;
use Twig\TwigFunction;

/** Everything but the web server: a request goes in, a response comes out. */
final class App
{
    private readonly RouteCollection $routes;

    public function __construct(private readonly Facts $facts)
    {
        $this->routes = new RouteCollection();
        $this->add('home', '/', $this->home(...));
        $this->add('greeting', '/hello/{name}', $this->greet(...), ['name' => '[^/]{1,40}']);
        $this->add('health', '/health', static fn (): Response => new JsonResponse(['status' => 'ok']));
    }

    public function handle(Request $request): Response
    {
        $context = (new RequestContext())->fromRequest($request);
        try {
            $match = (new UrlMatcher($this->routes, $context))->match($request->getPathInfo());
        } catch (ResourceNotFoundException) {
            return new Response("There is nothing here.\n", 404, ['Content-Type' => 'text/plain']);
        } catch (MethodNotAllowedException $refusal) {
            $allow = implode(', ', $refusal->getAllowedMethods());

            return new Response('', 405, ['Allow' => $allow]);
        }

        $response = $match['_answer']($request, $context, $match);

        return $response->prepare($request);
    }

    private function add(string $name, string $path, \Closure $answer, array $requirements = []): void
    {
        $route = new Route($path, ['_answer' => $answer], $requirements, methods: ['GET', 'HEAD']);
        $this->routes->add($name, $route);
    }

    private function home(Request $request, RequestContext $context): Response
    {
        return $this->page('home', $context, [
            'facts' => $this->facts,
            'php' => PHP_VERSION,
            'secure' => $request->isSecure(),
        ]);
    }

    private function greet(Request $request, RequestContext $context, array $match): Response
    {
        return $this->page('greeting', $context, ['facts' => $this->facts, 'name' => $match['name']]);
    }

    private function page(string $template, RequestContext $context, array $variables): Response
    {
        $urls = new UrlGenerator($this->routes, $context);
        $twig = new Environment(
            new FilesystemLoader(dirname(__DIR__) . '/templates'),
            ['cache' => sys_get_temp_dir() . '/twig', 'strict_variables' => true],
        );
        $twig->addFunction(new TwigFunction('path', $urls->generate(...)));

        return new Response($twig->render("$template.html.twig", $variables));
    }
}
