<?php
// Makes the site misbehave as its options say:
// rest_closed: a status that refuses every REST request, "home" (redirects to the front page), "elsewhere" (redirects to another host) or "page".
// rest_closed_from: closes REST only from this page of the posts on.
// rest_hidden: no header says where REST is.
// rest_most_per_page: refuses a larger per_page with status 400.
// rest_cap: gives at most this many posts a page, and says so in the headers.
// rest_silent_cap: gives at most this many posts a page, while the headers count with the per_page that was asked for.

function rest_closed(): string
{
    return (int) ($_GET['page'] ?? 1) >= (int) get_option('rest_closed_from') ? (string) get_option('rest_closed') : '';
}

// No request leaves this site, not even to itself.
add_filter('pre_http_request', fn () => new WP_Error('blocked', 'This site asks no other server.'));

add_action('parse_request', function ($request) {
    $closed = rest_closed();
    if (!$closed || !isset($request->query_vars['rest_route'])) {
        return;
    }
    if ($closed === 'page') {
        header('Content-Type: text/html; charset=UTF-8');
        echo '<!DOCTYPE html><html><head><title>Closed</title></head><body><p>There is nothing here.</p></body></html>';
        exit;
    }
    if ($closed === 'home' || $closed === 'elsewhere') {
        header('Location: ' . ($closed === 'home' ? home_url('/') : 'https://192.0.2.1/'), true, 301);
        exit;
    }
}, 1);

if (get_option('rest_hidden')) {
    remove_action('template_redirect', 'rest_output_link_header', 11);
}

add_filter('rest_authentication_errors', function ($errors) {
    $closed = rest_closed();
    $message = 'The REST API of this site is closed.';
    return is_numeric($closed) ? new WP_Error('rest_closed', $message, ['status' => (int) $closed]) : $errors;
});

add_filter('rest_post_collection_params', function ($parameters) {
    $most = get_option('rest_most_per_page');
    if ($most) {
        $parameters['per_page']['maximum'] = (int) $most;
    }
    return $parameters;
});

add_action('pre_get_posts', function ($query) {
    $cap = (int) get_option('rest_cap');
    if ($cap && defined('REST_REQUEST') && $query->get('posts_per_page') > $cap) {
        $query->set('posts_per_page', $cap);
    }
});

add_filter('post_limits', function ($limits, $query) {
    $cap = (int) get_option('rest_silent_cap');
    if (!$cap || !defined('REST_REQUEST') || $query->get('posts_per_page') <= $cap) {
        return $limits;
    }
    return sprintf('LIMIT %d, %d', $cap * (max(1, (int) $query->get('paged')) - 1), $cap);
}, 10, 2);
