/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a site says of its way, in a few words. */
#include "gtk/way-pages.h"

#define TAIL "[sign-in]\nmethod=eap-mschapv2\nuser=alice\n"
#define HEAD "[site]\naddress=vpn.example.com\n"

static const struct {
  const char *text;
  const char *summaries[VISITOR_N_WAYS];
} rows[] = {
  { HEAD TAIL, { "Like a secure web page", "As the desktop says", "The address above alone" } },
  { HEAD "transport=tls\n[proxy]\nmode=automatic\n" TAIL,
      { "Like a secure web page", "As the desktop says", "The address above alone" } },
  { HEAD "transport=auto\nentry-points=a.example.com\n[proxy]\nmode=none\n" TAIL,
      { "The quick way where it is open", "None", "The address above and 1 more" } },
  { HEAD "transport=auto\nentry-points=a.example.com; b.example.com:8443, c.example.com\n"
         "[proxy]\nmode=manual\nuri=http://proxy.example.com:3128\n" TAIL,
      { "The quick way where it is open", "http://proxy.example.com:3128",
          "The address above and 3 more" } },
  { HEAD "transport=udp\n" TAIL,
      { "UDP alone", "As the desktop says", "The address above alone" } },
  { HEAD "transport=tcp\n[proxy]\nmode=automatic\nuri=http://proxy.example.com:3128\n" TAIL,
      { "TCP without TLS", "As the desktop says", "The address above alone" } },
};

static void
test_summaries (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (Site) site = site_parse (rows[i].text, -1, NULL, NULL, &error);
    g_assert_no_error (error);
    VisitorSiteForm *form = visitor_site_form_new (site);
    for (int way = 0; way < VISITOR_N_WAYS; way++) {
      g_autofree char *summary = visitor_way_summary ((VisitorWay) way, form);
      g_assert_cmpstr (summary, ==, rows[i].summaries[way]);
    }
    visitor_site_form_free (form);
  }
}

/* A page that has begun to be filled in says what there is so far. */
static void
test_unfinished (void)
{
  VisitorSiteForm *form = visitor_site_form_new (NULL);
  visitor_site_form_set (form, "proxy", "mode", "manual");
  g_autofree char *proxy = visitor_way_summary (VISITOR_WAY_PROXY, form);
  g_assert_cmpstr (proxy, ==, "This one");
  visitor_site_form_set (form, "site", "transport", "pigeon");
  g_autofree char *transport = visitor_way_summary (VISITOR_WAY_TRANSPORT, form);
  g_assert_cmpstr (transport, ==, "pigeon");
  visitor_site_form_free (form);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gtk/way-pages/summaries", test_summaries);
  g_test_add_func ("/gtk/way-pages/unfinished", test_unfinished);
  return g_test_run ();
}
