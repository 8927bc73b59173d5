<?php

namespace App\Controller;

use Symfony\Bundle\FrameworkBundle\Controller\AbstractController;
use Symfony\Component\DependencyInjection\Attribute\Autowire;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

final class HomeController extends AbstractController
{
    public function __construct(
        #[Autowire('%env(GREETING)%')] private readonly string $greeting,
        #[Autowire('%kernel.environment%')] private readonly string $environment,
        #[Autowire('%kernel.cache_dir%')] private readonly string $cache,
    ) {
    }

    #[Route('/', name: 'home')]
    public function home(Request $request): Response
    {
        return $this->render('home.html.twig', ['greeting' => $this->greeting, 'ip' => $request->getClientIp()]);
    }

    #[Route('/facts')]
    public function facts(Request $request): JsonResponse
    {
        return new JsonResponse([
            'environment' => $this->environment,
            'debug' => $this->getParameter('kernel.debug'),
            'greeting' => $this->greeting,
            'secure' => $request->isSecure(),
            'warmed' => filemtime($this->cache) <= filemtime('/run/php-server/nginx.pid'),
            'dumpedEnv' => is_file($this->getParameter('kernel.project_dir') . '/.env.local.php'),
        ]);
    }
}
